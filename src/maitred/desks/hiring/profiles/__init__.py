"""The vault of profiles: importing, showing, clocks and erasing. What search reads is a row of numbers under a key."""
