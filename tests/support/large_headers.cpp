// Empty: this file is compiled for its precompiled header.
