"""Records that come as files: folders of tables or API objects, and foreign event logs."""
