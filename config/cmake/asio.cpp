// The one place where Asio's function bodies are compiled; everybody else sees declarations.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
