"""The pages, one file each, with one public function `render`."""
