"""Moving the library in and out of files: reading and refusing them, the columns, the words of other libraries."""
