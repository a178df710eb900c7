"""Clock, ids, errors and money: what every other room may lean on."""
