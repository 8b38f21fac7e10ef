"""What a person may read when something is wrong, each in one sentence to act on."""


class UserError(Exception):
    """Report a user's mistake: what was given, what is allowed, what to do; exit code 2."""


class StoreError(UserError):
    """Report a run that cannot be read or written; the message is one sentence."""


class DamagedError(StoreError):
    """Report a file of a run that is missing, torn or does not fit the others."""


class NewerSchemaError(StoreError):
    """Report a run written by a newer version of this program than the one reading it."""
