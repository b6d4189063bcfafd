#pragma once

#include <curl/curl.h>

#include <string>

#include "core/http/http_client.hpp"

namespace internal_events::core {

// The host of an address, with the port if one is written.
std::string host_of(const std::string &url);

// Why a transfer failed, and what to do about it. `detail` is what libcurl wrote into its error buffer.
std::string failure_text(CURL *easy, CURLcode code, const HttpRequest &request, const std::string &detail);

}  // namespace internal_events::core
