"""The shared Streamlit parts: filters, charts, tables, cached reads, notices."""
