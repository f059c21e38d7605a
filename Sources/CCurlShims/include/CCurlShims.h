// libcurl sets options through variadic functions, which Swift cannot call: one typed door for each kind of value.
#pragma once

#include <curl/curl.h>

CURLcode martlet_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode martlet_curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode martlet_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode martlet_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode martlet_curl_set_writer(CURL *handle, curl_write_callback writer, void *context);
CURLcode martlet_curl_set_header_reader(CURL *handle, curl_write_callback reader, void *context);
CURLcode martlet_curl_set_body(CURL *handle, const void *bytes, curl_off_t count);

CURLcode martlet_curl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode martlet_curl_get_text(CURL *handle, CURLINFO info, const char **value);
CURLcode martlet_curl_get_context(CURL *handle, void **value);

CURLMcode martlet_curl_multi_set_long(CURLM *multi, CURLMoption option, long value);

// The result and the handle of a finished transfer: the message holds them in a union.
CURL *martlet_curl_finished(CURLM *multi, CURLcode *result);

// Mail: what is sent is asked for, who is told of every line spoken, and who may call a transfer off.
CURLcode martlet_curl_set_reader(CURL *handle, curl_read_callback reader, void *context);
CURLcode martlet_curl_set_upload_size(CURL *handle, curl_off_t count);
CURLcode martlet_curl_set_tracer(CURL *handle, curl_debug_callback tracer, void *context);
CURLcode martlet_curl_set_progress(CURL *handle, curl_xferinfo_callback progress, void *context);
