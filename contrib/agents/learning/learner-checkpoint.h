/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_LEARNER_CHECKPOINT_H
#define AGENTS_LEARNER_CHECKPOINT_H

#include "../archive.h"
#include "adam.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief What the checkpoints of all learners hold alike: the name of the algorithm, and parameters
 * with their optimisers.
 */
class LearnerCheckpoint
{
  public:
    /// @param algorithm name of the algorithm
    explicit LearnerCheckpoint(std::string algorithm);

    /// Keep parameters and optimiser. @param name of them @param adam them, kept by reference
    void Register(const std::string& name, Adam& adam);

    /// @return gradient steps of all optimisers
    int64_t GetSteps() const;

    /// @param archive gets section "agent" and a section for each optimiser
    void Save(Archive& archive) const;

    /**
     * @param archive what Save stored
     * @throw std::runtime_error in one line that names the file when it is of another algorithm
     */
    void RequireOwn(const Archive& archive) const;
    /// Load parameters and optimisers. @param archive what Save stored
    /// @throw std::runtime_error in one line that names file and section when one does not fit
    void Load(const Archive& archive) const;

    /**
     * Read a section. What a section's reader says does not name the file; that a section is
     * missing does.
     * @param archive a checkpoint
     * @param section its name
     * @param read takes its bytes
     * @throw std::runtime_error in one line that names file and section
     */
    template <typename Read>
    static void LoadSection(const Archive& archive, const std::string& section, const Read& read)
    {
        const std::string& bytes = archive.Get(section);
        try
        {
            read(bytes);
        }
        catch (const std::runtime_error& error)
        {
            throw std::runtime_error(archive.GetPath() + ": section '" + section +
                                     "': " + error.what());
        }
    }

  private:
    std::string m_algorithm;                            //!< its name
    std::vector<std::pair<std::string, Adam*>> m_adams; //!< by name
};

} // namespace agents

#endif // AGENTS_LEARNER_CHECKPOINT_H
