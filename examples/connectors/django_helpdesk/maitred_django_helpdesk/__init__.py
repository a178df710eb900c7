"""A connector for django-helpdesk, as a package of its own: the example for whoever connects another helpdesk."""
