"""Everything of an installation in one file and back again, and the operational database from one server to another.

For whoever has to promise that nothing is lost: ``backing`` and ``watching`` write the file, ``restoring`` brings it
back, ``verifying`` says whether what is stored is what was stored, ``move`` changes the database under the house.
"""
