"""What pixels count to: tables of classes, IoU and its means, whole splits and parts of them."""
