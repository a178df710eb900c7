"""What an assistant proposes in somebody's name and a person approves or declines."""
