"""The pages of coaching: one's people, a one-to-one with its agenda, a plan before and after, what was before."""
