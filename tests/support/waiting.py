"""Find what would make a GPU wait, without one: a second device on which nothing can be read.

Tensors on the device "meta" have a place and a shape and no numbers. An operation that needs a
number on the host, or whose result has a size that depends on numbers, cannot be done there; and
every other operation must find all its tensors there.
"""

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

AWAY = torch.device("meta")
WAITING = ("_local_scalar_dense", "nonzero", "bincount", "masked_select", "_unique2", "equal")
"""Operations after which a GPU has been waited for."""
COPIES = ("_to_copy", "copy_", "to", "lift_fresh", "empty_like", "zeros_like", "ones_like")


class OneDevice(TorchDispatchMode):
    """Collect every operation that reads from the device, or mixes tensors of it with others."""

    def __init__(self):
        super().__init__()
        self.waits = []
        self.mixes = []
        self.num_operations = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        name = operation._schema.name.removeprefix("aten::")
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        is_away = any(tensor.device == AWAY for tensor in tensors)
        self.num_operations += is_away
        target = (kwargs or {}).get("device")
        leaves = name == "_to_copy" and target is not None and torch.device(target) != AWAY
        if is_away and (name in WAITING or leaves or _is_masked(name, args)):
            self.waits.append(name)
        places = {tensor.device for tensor in tensors if tensor.dim() or name == "copy_"}
        is_in = name == "copy_" and tensors[0].device == AWAY
        if len(places) > 1 and name not in COPIES and not is_in:
            self.mixes.append(name)
        return operation(*args, **(kwargs or {}))


def _is_masked(name, args):
    """Return whether an index by booleans makes the size of its result depend on numbers."""
    if name not in ("index", "index_put", "index_put_"):
        return False
    return any(index is not None and index.dtype == torch.bool for index in args[1])
