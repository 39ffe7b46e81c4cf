# cmake --install: the program, its systemd unit with the program's path in it, and what a reader needs beside it.
include(GNUInstallDirs)
install(TARGETS parseflow RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")

# The prefix may be given as late as at the installation.
install(CODE "
  file(READ \"${CMAKE_SOURCE_DIR}/deploy/parseflow@.service\" unit)
  string(REPLACE /usr/local/bin/ \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/\" unit \"\${unit}\")
  file(WRITE \"${CMAKE_BINARY_DIR}/parseflow@.service\" \"\${unit}\")")
install(FILES "${CMAKE_BINARY_DIR}/parseflow@.service" DESTINATION lib/systemd/system)

install(FILES README.md CHANGELOG.md LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}" FILES_MATCHING PATTERN "*.md" PATTERN "*.json" PATTERN "*.png")
install(FILES deploy/parseflow.example.conf deploy/parseflow.example.env DESTINATION "${CMAKE_INSTALL_DOCDIR}/deploy")
