#pragma once

#include "daemon/crypto/signing_key.h"

namespace plait::crypto {

/// Who a device is. Made on first use, kept in the device's state folder, never copied to
/// another: a person with two devices has two. A server knows it by its public half, and its
/// owner proves that it is there with a login proof (login_proof.h).
using DeviceKey = SigningKey;

}  // namespace plait::crypto
