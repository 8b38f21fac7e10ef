"""dashboard/server"""
