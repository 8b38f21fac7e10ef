"""dashboard/components/mask_viewer"""
