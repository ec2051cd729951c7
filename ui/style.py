"""What Streamlit's theme has no setting for, on the screen and on paper."""

_SCREEN = """
/* Figures side by side are equally wide, and two to a row on a phone. */
.st-key-metrics > *, .st-key-queue_metrics > * { flex: 1 1 9rem !important; min-width: 9rem !important; }
/* On the dark theme's light blue, white letters have too little contrast. */
button[kind^="primary"] { color: light-dark(#ffffff, #0d131b) !important; }
/* On a narrow screen, or one much enlarged, words go on in the next line instead of ending in dots. */
[data-testid="stMetricLabel"] :is(div, p), .stMarkdownBadge {
  white-space: normal !important; overflow: visible !important;
}
/* Where the keyboard is: some of Streamlit's elements say it by a shade alone. */
:focus-visible { outline: 2px solid light-dark(#2456b8, #7ea6f5) !important; outline-offset: 1px; }
/* Plotly shows a chart's button while the pointer is over it; the keyboard has to see it, too. */
.modebar:focus-within { opacity: 1 !important; }
/* Streamlit's green on a caption's grey has too little contrast. */
[data-testid="stCaptionContainer"] code { color: inherit; }
.inflow-languages { display: flex; flex-wrap: wrap; gap: 0 0.75rem; font-size: 0.875rem; }
.inflow-languages a { color: inherit; line-height: 1.75rem; }
.inflow-languages a[aria-current] { font-weight: 600; text-decoration: none; }
.inflow-views { list-style: none; max-height: 40vh; overflow-y: auto; }
.inflow-views, .inflow-views li { margin: 0 !important; padding: 0 !important; }
.inflow-views a { display: block; padding: 0.35rem 0; color: inherit; overflow-wrap: anywhere; }
"""

# What is pressed is of no use on paper. Charts and tables are drawn for the width of the screen, so they are
# made smaller there: a chart's own width stands in an attribute, and its ratio to the paper's is a tangent.
_PAPER = """
@page { margin: 12mm; }
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stForm"],
[data-testid="stElementToolbar"], [data-testid="stButton"], [data-testid="stDownloadButton"],
[data-testid="stPopover"], [data-testid="stButtonGroup"],
:is([data-testid="stWidgetLabel"], [data-testid="stMetricLabel"]) [data-testid="stTooltipIcon"],
[data-testid="stElementContainer"]:has(> [data-testid="stCheckbox"]), [data-testid="stPageLink"],
[data-testid="stMain"] button,
[data-testid="stStatusWidget"], [data-testid="stSkipToContent"], [data-testid="portal"], .modebar-container {
  display: none !important;
}
html, body, .stApp { background: #ffffff !important; color-scheme: light !important; }
.stApp *, .stApp *::placeholder {
  background-color: transparent !important; border-color: #d5dae1 !important; color: #16202c !important;
}
[data-testid="stMainBlockContainer"] { padding: 0 !important; max-width: none !important; }
[data-testid="stMetric"], [data-testid="stAlert"], [data-testid="stElementContainer"], table, tr {
  break-inside: avoid;
}
h1, h2, h3 { break-after: avoid; }
[data-testid="stPlotlyChart"], [data-testid="stDataFrame"] {
  container-type: inline-size; break-inside: avoid;
}
[data-testid="stElementContainer"]:has([data-testid="stPlotlyChart"]), [data-testid="stPlotlyChart"],
[data-testid="stPlotlyChart"] :is(.js-plotly-plot, .plot-container, .svg-container) {
  width: 100% !important; height: auto !important; overflow: hidden !important;
}
[data-testid="stPlotlyChart"] .main-svg { zoom: min(1, tan(atan2(100cqw, attr(width px)))); }
[data-testid="stPlotlyChart"] .main-svg:first-child { position: relative !important; }
[data-testid="stElementContainer"]:has([data-testid="stDataFrame"]), [data-testid="stDataFrame"],
[data-testid="stDataFrame"] div:has(canvas) {
  position: relative !important; width: 100% !important; height: auto !important; max-height: none !important;
}
[data-testid="stDataFrame"] .dvn-scroller { display: none !important; }
[data-testid="stDataFrame"] canvas {
  contain: none !important; width: 100cqw !important; height: auto !important;
}
[data-testid="stDataFrame"] canvas:first-child { position: relative !important; }
"""

# Charts and tables are drawn by programs, in the colours of the theme: for paper they are turned around.
DARK_ON_PAPER = """<style>@media print {
[data-testid="stPlotlyChart"] .main-svg, [data-testid="stDataFrame"] canvas {
  filter: invert(1) hue-rotate(180deg) brightness(1.1);
}
}</style>"""
STYLE = f"<style>{_SCREEN}@media print {{{_PAPER}}}</style>"
