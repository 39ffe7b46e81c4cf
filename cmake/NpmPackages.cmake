# npm_packages(FOLDER STAMP): fetches what package-lock.json of the calling folder pins into FOLDER/node_modules of the
# build tree, checked against its hashes, and again only when that file changes. Depend on the file STAMP.
function(npm_packages folder stamp)
  find_program(NPM_PROGRAM npm REQUIRED)
  add_custom_command(
    OUTPUT "${stamp}"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${folder}"
    COMMAND "${CMAKE_COMMAND}" -E copy package.json package-lock.json "${folder}"
    COMMAND "${CMAKE_COMMAND}" -E chdir "${folder}" "${NPM_PROGRAM}" ci --ignore-scripts --prefer-offline --no-audit
            --no-fund --loglevel error
    COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/package.json" "${CMAKE_CURRENT_SOURCE_DIR}/package-lock.json"
    COMMENT "Fetching the pinned npm packages of ${CMAKE_CURRENT_SOURCE_DIR}"
    VERBATIM)
endfunction()
