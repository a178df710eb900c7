"""What somebody is told in the console: short lines with a place to go, one account's own."""
