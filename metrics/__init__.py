"""Every metric, declared once, and its exporter."""
