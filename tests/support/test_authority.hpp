// An authority for the tests of mutual TLS, and what it signs.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tests/support/temp_dir.hpp"
#include "tests/support/write_pem.hpp"

namespace parseflow {

/// Signs certificates for an hour. All authorities have the same name, and keys of their own.
class test_authority {
public:
  test_authority() : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
    fill(certificate_.get(), key_.get(), "test authority");
    add(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    add(certificate_.get(), NID_subject_key_identifier, "hash");
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
    write_pem(path(), [this](FILE* file) { PEM_write_X509(file, certificate_.get()); });
  }

  /// Makes the files `node`.crt and `node`.key; `names` as in OpenSSL's subjectAltName.
  void sign(const std::string& node, const std::string& names) {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    const std::unique_ptr<X509, void (*)(X509*)> made{X509_new(), X509_free};
    fill(made.get(), key.get(), node);
    add(made.get(), NID_ext_key_usage, "serverAuth,clientAuth");
    add(made.get(), NID_authority_key_identifier, "keyid");
    add(made.get(), NID_subject_alt_name, names.c_str());
    X509_sign(made.get(), key_.get(), EVP_sha256());
    write_pem(certificate(node), [&](FILE* file) { PEM_write_X509(file, made.get()); });
    write_pem(this->key(node), [&](FILE* file) {
      PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

  std::string path() const { return folder_.path() / "authority.crt"; }
  std::string certificate(const std::string& node) const { return folder_.path() / (node + ".crt"); }
  std::string key(const std::string& node) const { return folder_.path() / (node + ".key"); }

private:
  void fill(X509* certificate, EVP_PKEY* key, const std::string& name) {
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++last_serial_);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate_.get()));
  }

  void add(X509* certificate, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate_.get(), certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> made{
        X509V3_EXT_conf_nid(nullptr, &context, kind, value), X509_EXTENSION_free};
    REQUIRE(made);
    X509_add_ext(certificate, made.get(), -1);
  }

  temp_dir folder_;
  long last_serial_ = 0;
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::unique_ptr<X509, void (*)(X509*)> certificate_;
};

} // namespace parseflow
