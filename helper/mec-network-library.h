/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_NETWORK_LIBRARY_H
#define MEC_NETWORK_LIBRARY_H

#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Loads the links over other ns-3 modules: MecWifiLink, MecLteLink and MecCsmaLink.
 *
 * Each is a library of its own, built where ns-3 has the module, so that a study without wifi or
 * LTE loads neither. The libraries lie beside that of this module, or in the folder that
 * LLM_MEC_NETWORKS names in the environment.
 */
class MecNetworkLibrary
{
  public:
    /**
     * Load the library of a link, unless it is there already.
     * @param type name of a TypeId; nothing happens where it is none of the three
     * @throw std::runtime_error in one line where the library cannot be loaded
     */
    static void Load(const std::string& type);

    /// Load what is there of the three: a name was typed that nothing else knows.
    static void LoadAll();
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_NETWORK_LIBRARY_H
