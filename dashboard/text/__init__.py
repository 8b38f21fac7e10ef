"""dashboard/text"""
