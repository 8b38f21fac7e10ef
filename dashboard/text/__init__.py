"""Every sentence a page says, as pure functions of numbers."""
