/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "policy.h"

#include "policy-network.h"
#include "set-policy-network.h"

#include <sstream>

namespace agents
{

std::shared_ptr<Policy>
ReadPolicy(const Archive& archive)
{
    if (archive.Has(SetPolicyNetwork::SECTION))
    {
        std::istringstream in(archive.Get(SetPolicyNetwork::SECTION));
        return std::make_shared<SetPolicyNetwork>(SetPolicyNetwork::Read(in, archive.GetPath()));
    }
    std::istringstream in(archive.Get(PolicyNetwork::SECTION));
    return std::make_shared<PolicyNetwork>(PolicyNetwork::Read(in, archive.GetPath()));
}

} // namespace agents
