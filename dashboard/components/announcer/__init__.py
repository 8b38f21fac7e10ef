"""Tell somebody who looks elsewhere: the title of the tab, and notifications for who wants them."""
