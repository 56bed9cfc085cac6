# The packages of Debian 12 that tools/package makes: tefter-server, and tefter for terminals. Each is
# one component of the installation, and what only a package has besides.
set(system ${PROJECT_SOURCE_DIR}/server/system)
set(TEFTER_PACKAGE_VERSION ${PROJECT_VERSION} CACHE STRING "version of the packages")
set(TEFTER_PACKAGE_CONTACT "the maintainers of Tefter <root@localhost>" CACHE STRING "who made the packages")
install(FILES ${PROJECT_BINARY_DIR}/server/tefterd.conf DESTINATION /etc/tefter COMPONENT server EXCLUDE_FROM_ALL)
install(FILES ${system}/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/tefter-server COMPONENT server EXCLUDE_FROM_ALL)
install(FILES ${system}/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/tefter COMPONENT client EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL server client)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
  WORLD_EXECUTE)
set(CPACK_PACKAGE_VERSION ${TEFTER_PACKAGE_VERSION})
set(CPACK_PACKAGE_CONTACT "${TEFTER_PACKAGE_CONTACT}")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_SERVER_PACKAGE_NAME tefter-server)
set(CPACK_DEBIAN_SERVER_DESCRIPTION "server of a live receivables ledger
One live ledger of what customers owe, for all branches of a chain of shops that
sells on credit. This is the server, tefterd, as a service. Removing or purging
the package keeps the ledger.")
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles")
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS "tefter, systemd-timesyncd | time-daemon, publicsuffix")
set(CPACK_DEBIAN_SERVER_PACKAGE_SUGGESTS "dehydrated")
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA
  ${system}/preinst ${system}/postinst ${system}/prerm ${system}/postrm ${system}/conffiles)

set(CPACK_DEBIAN_CLIENT_PACKAGE_NAME tefter)
set(CPACK_DEBIAN_CLIENT_DESCRIPTION "command line of a live receivables ledger
One live ledger of what customers owe, for all branches of a chain of shops that
sells on credit. This is all that a terminal needs: selling, taking money,
customers, reports, imports; and the printer of a branch's slips.")
# What tefter printer and tefter paper draw with; a terminal that does not print does without.
set(CPACK_DEBIAN_CLIENT_PACKAGE_RECOMMENDS "fonts-noto-core, fonts-noto-cjk, fonts-dejavu-core")
include(CPack)
