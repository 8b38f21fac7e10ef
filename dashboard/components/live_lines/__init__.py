"""dashboard/components/live_lines"""
