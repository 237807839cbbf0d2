/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "learner-checkpoint.h"

namespace agents
{

LearnerCheckpoint::LearnerCheckpoint(std::string algorithm)
    : m_algorithm(std::move(algorithm))
{
}

void
LearnerCheckpoint::Register(const std::string& name, Adam& adam)
{
    m_adams.emplace_back(name, &adam);
}

int64_t
LearnerCheckpoint::GetSteps() const
{
    int64_t steps = 0;
    for (const auto& [name, adam] : m_adams)
    {
        steps += adam->GetSteps();
    }
    return steps;
}

void
LearnerCheckpoint::Save(Archive& archive) const
{
    archive.Put("agent", m_algorithm);
    for (const auto& [name, adam] : m_adams)
    {
        archive.Put("agent/" + name, adam->Save());
    }
}

void
LearnerCheckpoint::RequireOwn(const Archive& archive) const
{
    if (archive.Get("agent") != m_algorithm)
    {
        throw std::runtime_error(archive.GetPath() + ": a checkpoint of '" + archive.Get("agent") +
                                 "', expected one of '" + m_algorithm + "'");
    }
}

void
LearnerCheckpoint::Load(const Archive& archive) const
{
    for (const auto& [name, adam] : m_adams)
    {
        LoadSection(archive, "agent/" + name, [each = adam](const std::string& bytes) {
            each->Load(bytes);
        });
    }
}

} // namespace agents
