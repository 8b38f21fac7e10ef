"""`python -m spcl` in double precision, in which two orders of a sum differ by 1e-15 and not 1e-7.

So a test tells what rounding does from what another mistake would. What asks for single precision
by name gets double: pictures, one-hot labels, what is read of confidences.
"""

import sys

import torch

torch.set_default_dtype(torch.float64)
torch.Tensor.float = torch.Tensor.double  # type: ignore[method-assign]

if __name__ == "__main__":
    from spcl.commands import main

    sys.exit(main())
