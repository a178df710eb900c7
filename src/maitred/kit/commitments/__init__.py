"""Who promised what to whom until when, and whether it was kept."""
