/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_SUMMARY_JSON_H
#define LLM_MEC_SUMMARY_JSON_H

// Private to helper: it brings nlohmann-json, which no public header may.

#include <nlohmann/json.hpp>
#include <string>

namespace ns3
{
namespace llmmec
{

/// @param text the text of a setting @return it as a number where it is one
nlohmann::ordered_json SettingToJson(const std::string& text);

/// @return versions of the module and of ns-3
nlohmann::ordered_json GetVersionsAsJson();

/// @param summary a document @return the text of its file; what is no UTF-8, such as in a path, is
/// replaced
std::string FormatSummary(const nlohmann::ordered_json& summary);

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_SUMMARY_JSON_H
