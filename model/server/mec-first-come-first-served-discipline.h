/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_FIRST_COME_FIRST_SERVED_DISCIPLINE_H
#define MEC_FIRST_COME_FIRST_SERVED_DISCIPLINE_H

#include "mec-server-discipline.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief One request at a time gets all of F, in order of arrival.
 */
class FirstComeFirstServedDiscipline : public MecServerDiscipline
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void Submit(const ServerJob& job) override;
    double GetBacklogS() const override;

  private:
    /// @param job the job that is done @param latencyS its time at the server, s
    void Finish(ServerJob job, double latencyS);

    double m_freeS{0}; //!< when all that is here is done, s
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_FIRST_COME_FIRST_SERVED_DISCIPLINE_H
