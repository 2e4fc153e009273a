# embed(TARGET symbol FILE...): makes `<symbol>.hpp/.cpp` with `std::span<const EmbeddedFile> <symbol>()`,
# the files' names and bytes in the order given, so that the binary needs no data folder beside it.
function(embed target symbol)
  set(out ${CMAKE_BINARY_DIR}/generated/embedded)
  add_custom_command(
    OUTPUT ${out}/${symbol}.cpp ${out}/${symbol}.hpp
    COMMAND ${CMAKE_COMMAND} -DSYMBOL=${symbol} -DOUT=${out} "-DFILES=${ARGN}" -P
            ${CMAKE_SOURCE_DIR}/config/cmake/EmbedScript.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/config/cmake/EmbedScript.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${out}/${symbol}.cpp)
endfunction()
