"""What Streamlit's theme has no setting for, on the screen and on paper."""

SCREEN = """
/* Figures side by side are equally wide, and two to a row on a phone. */
.st-key-metrics > *, .st-key-queue_metrics > * { flex: 1 1 9rem !important; min-width: 9rem !important; }
/* On the dark theme's light blue, white letters have too little contrast. */
button[kind^="primary"] { color: light-dark(#ffffff, #0d131b) !important; }
.inflow-languages { display: flex; flex-wrap: wrap; gap: 0 0.75rem; font-size: 0.875rem; }
.inflow-languages a { color: inherit; line-height: 1.75rem; }
.inflow-languages a[aria-current] { font-weight: 600; text-decoration: none; }
.inflow-views { list-style: none; max-height: 40vh; overflow-y: auto; }
.inflow-views, .inflow-views li { margin: 0 !important; padding: 0 !important; }
.inflow-views a { display: block; padding: 0.35rem 0; color: inherit; overflow-wrap: anywhere; }
"""
PAPER = ""
STYLE = f"<style>{SCREEN}@media print {{{PAPER}}}</style>"
