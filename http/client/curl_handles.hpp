// What the clients need of libcurl besides its functions.
#pragma once

#include <new>

#include <curl/curl.h>

namespace parseflow::http {

/// Call it before the first handle is made. Any thread may.
inline void start_curl() {
  static const bool is_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  if (!is_ready)
    throw std::bad_alloc{};
}

/// Throws as `new` does: libcurl's makers fail only when memory is short.
template <class Pointer>
Pointer* made(Pointer* made_by_curl) {
  if (made_by_curl == nullptr)
    throw std::bad_alloc{};
  return made_by_curl;
}

/// For std::unique_ptr.
struct curl_end {
  void operator()(CURL* transfer) const { curl_easy_cleanup(transfer); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

} // namespace parseflow::http
