# The packages whose internals this code uses, in the versions that the tests run with: those of Debian 12 and 13. Another
# version may compile and then behave differently, so it is refused, unless PARSEFLOW_UNTESTED_VERSIONS is on.
#
# A place that uses internals names this file. To take a version up, run tests/run.sh with it and add it here.
set(PARSEFLOW_TESTED_CAF 0.17.6)
set(PARSEFLOW_TESTED_HTTPLIB 0.11 0.18)
set(PARSEFLOW_TESTED_PQXX 6.4 7.10)

option(PARSEFLOW_UNTESTED_VERSIONS "Build with versions of CAF, cpp-httplib and libpqxx that the tests never ran with" OFF)

# require_tested(NAME FOUND TESTED...): stops unless FOUND is one of TESTED, or a patch release of one.
function(require_tested name found)
  foreach(tested IN LISTS ARGN)
    if("${found}." MATCHES "^${tested}[.]")
      return()
    endif()
  endforeach()
  list(JOIN ARGN " and " tested)
  if(PARSEFLOW_UNTESTED_VERSIONS)
    message(WARNING "${name} ${found} is not tested (${tested}): run tests/run.sh before you rely on this build.")
  else()
    message(FATAL_ERROR "${name} ${found} is not tested: ParseFlow uses its internals and is tested with ${tested}. To try it all the "
                        "same, add -D PARSEFLOW_UNTESTED_VERSIONS=ON and run tests/run.sh.")
  endif()
endfunction()
