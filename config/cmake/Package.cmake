# What is installed, and the Debian package: cpack -G DEB --config build/release/CPackConfig.cmake
# It packs what is built (targets below) and builds nothing; the package is in build/release/package.
include(GNUInstallDirs)
# Otherwise installing would build everything, the tests among it.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(debian ${CMAKE_SOURCE_DIR}/config/debian)
set(doc ${CMAKE_INSTALL_DATADIR}/doc/jobraker)

# Side by side: the server looks for jobraker-doctext where it is itself. The sandbox is not for production.
set(JOBRAKER_PROGRAMS jobraker-server jobraker-doctext jobraker-chat jobrakerctl jobraker-analytics)
install(TARGETS ${JOBRAKER_PROGRAMS} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${CMAKE_SOURCE_DIR}/config/systemd/jobraker.service DESTINATION lib/systemd/system)
install(PROGRAMS ${debian}/make-secrets DESTINATION lib/jobraker)
install(FILES ${debian}/jobraker.toml DESTINATION /etc/jobraker)
install(FILES ${debian}/copyright ${debian}/README.Debian ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${doc})
install(FILES ${CMAKE_SOURCE_DIR}/config/jobraker.example.toml DESTINATION ${doc}/examples RENAME jobraker.toml)

# This one is written by hand, and tests/ctl holds it against the program; so is what bash completes.
set(ctl_page ${CMAKE_BINARY_DIR}/man/jobrakerctl.1)
add_custom_command(OUTPUT ${ctl_page}.gz
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/man
  COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/tools/ctl/jobrakerctl.1 ${ctl_page}
  COMMAND gzip -9nf ${ctl_page}
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/ctl/jobrakerctl.1
  VERBATIM)
add_custom_target(jobrakerctl-man ALL DEPENDS ${ctl_page}.gz)
install(FILES ${ctl_page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_SOURCE_DIR}/tools/ctl/jobrakerctl.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME jobrakerctl)

# Manual pages are what --help says, so that they cannot be out of date.
find_program(HELP2MAN help2man)
function(manual_page program section title)
  set(page ${CMAKE_BINARY_DIR}/man/${program}.${section})
  add_custom_command(OUTPUT ${page}.gz
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/man
    COMMAND ${HELP2MAN} --no-info --section=${section} --name=${title} --version-string=${PROJECT_VERSION}
      --output=${page} ./${program}
    COMMAND gzip -9nf ${page}
    WORKING_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}
    DEPENDS ${program}
    VERBATIM)
  add_custom_target(${program}-man DEPENDS ${page}.gz)
  add_dependencies(jobraker-man ${program}-man)
  install(FILES ${page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endfunction()
# All that the package holds: cmake --build --preset release --target jobraker-package
add_custom_target(jobraker-package)
add_dependencies(jobraker-package ${JOBRAKER_PROGRAMS} jobrakerctl-man)
if(HELP2MAN)
  add_custom_target(jobraker-man ALL)
  add_dependencies(jobraker-package jobraker-man)
  manual_page(jobraker-server 8 "the backend of a job-search copilot")
  manual_page(jobraker-chat 1 "talk with Jobraker's assistant")
  manual_page(jobraker-analytics 8 "count what Jobraker tells through Kafka")
endif()

find_program(DPKG dpkg)
if(NOT DPKG)
  return()
endif()
execute_process(COMMAND ${DPKG} --print-architecture OUTPUT_VARIABLE architecture OUTPUT_STRIP_TRAILING_WHITESPACE)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME jobraker)
set(CPACK_PACKAGE_VENDOR Jobraker)
set(CPACK_PACKAGE_CONTACT "The Jobraker authors <jobraker@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "backend of a job-search copilot")
set(CPACK_PACKAGE_DESCRIPTION
"Reads a person's resume into a profile, collects postings from Adzuna,
feeds and boards, scores every pair and tells the matches with the reasons
for and against them; writes documents, applies through Skyvern, and
answers questions.

jobraker-server speaks HTTP and WebSocket and keeps everything in
PostgreSQL with pgvector. jobraker-chat is a client for the terminal,
jobrakerctl one for operators, jobraker-analytics a consumer of the
events on Kafka.")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${architecture})
set(JOBRAKER_DEB ${CPACK_PACKAGE_DIRECTORY}/jobraker_${PROJECT_VERSION}_${architecture}.deb)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
# The libraries are found by dpkg-shlibdeps. Beside them: the user, TLS authorities, what PDFs are set in and read
# with, and time zones.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates, fonts-dejavu-core, poppler-utils, tzdata")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql-15, postgresql-15-pgvector")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
