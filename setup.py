"""What pyproject.toml cannot say: folders of the checkout that lie inside the packages' wheel."""

from setuptools import find_packages, setup

BESIDE = {"spcl.configs": "configs", "dashboard.docs": "docs"}
"""Where a folder of the checkout is found once it is installed (spcl/store/places/shipped.py)."""

setup(
    packages=[*find_packages(include=["spcl", "spcl.*", "dashboard", "dashboard.*"]), *BESIDE],
    package_dir=BESIDE,
)
