"""The door of Speed & SLA: figures and the tickets behind them, and what explains them."""
