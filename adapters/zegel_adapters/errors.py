"""Errors of the adapter's own side: a key, file or line that does not work. What a message does wrong is a Refusal."""


class AdapterError(Exception):
    """Something of this instantie's own must be put right; the text names what and how, never a secret."""


class KeystoreError(AdapterError):
    """A key file is missing, too widely readable, damaged, or does not open under the key given."""


class SettingsError(AdapterError):
    """The settings of this home are missing or wrong; the text names field and remedy."""


class NotConnectedError(AdapterError):
    """This home knows no directory yet: it was initialised, but the municipality's directory was not added."""


class UnknownMessageError(AdapterError):
    """The mailbox holds no message under that id, or its casus key was destroyed."""


class UnknownCasusError(AdapterError):
    """The mailbox holds nothing of a casus, and never confirmed that it was destroyed."""


class UnderwayError(AdapterError):
    """Messages or receipts of a casus are still on their way: what they say would be lost with its key."""
