/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_NS3_COMPAT_H
#define OFFLOAD_NS3_COMPAT_H

#include "ns3/enum.h"

/**
 * @file
 * @ingroup llm-mec
 * What differs between ns-3.37 and ns-3.48 and is used here. ns-3 has no version macro, so a header
 * that came with a release tells its age.
 */

namespace ns3
{

/// Home of the energy models from ns-3.42 on; before, they were in ns3 itself.
namespace energy
{
}

using namespace energy;

namespace llmmec
{

/**
 * @ingroup llm-mec
 * Accessor of an enum attribute; from ns-3.41 on the enum's type must be named.
 * @tparam E type of the enum
 * @tparam M pointer to member
 * @param member the attribute's variable
 * @return the accessor
 */
template <typename E, typename M>
auto
MakeEnumAttributeAccessor(M member)
{
#if __has_include("ns3/uniform-random-bit-generator.h")
    return MakeEnumAccessor<E>(member);
#else
    return MakeEnumAccessor(member);
#endif
}

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_NS3_COMPAT_H
