"""The pages of Today: the list on the start page, a finding with its evidence, alerts and letters."""
